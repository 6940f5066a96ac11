"""One folder for each system of the region, with the same rooms in each."""
