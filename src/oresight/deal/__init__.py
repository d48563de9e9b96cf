"""What a provision is worth, and who holds the lever."""
