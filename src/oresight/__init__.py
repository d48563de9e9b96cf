"""Oresight: what governments say about critical minerals, and what it does to supply."""

__version__ = "0.1.0"
