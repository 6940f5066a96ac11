"""What is decided about views: cameras, poses, footprints and their errors."""
