"""The full demo province: synthetic records whose figures, counted by the figure functions, are the totals asked for."""
