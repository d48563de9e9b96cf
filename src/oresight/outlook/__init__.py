"""Years: capacity that opens, stocks that run down, elasticities that grow."""
