"""The equilibrium: a world under scenarios, solved in batches, each solve with its certificate."""
