"""Years: capacity that opens, elasticities that grow."""
