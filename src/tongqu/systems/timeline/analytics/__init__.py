"""What is computed in bulk: rays, grids of the ground, cells."""
