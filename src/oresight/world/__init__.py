"""The facts: economies, commodities, processes, baseline flows, each figure with its source."""
