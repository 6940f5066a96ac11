"""Open311 GeoReport v2 under `/open311/v2`: services, service requests, tokens and discovery, as XML and JSON."""
