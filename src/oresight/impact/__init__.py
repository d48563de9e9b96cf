"""What an outcome means: reliance, concentration, money, sectors, and the claims of a text."""
