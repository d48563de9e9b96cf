"""Measures, agreements and provisions; what is in force when; what a scenario does to routes."""
