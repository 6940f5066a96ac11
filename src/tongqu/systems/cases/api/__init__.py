"""The case routes of the API: `routes.router`, and what goes in and out in `shapes`."""
