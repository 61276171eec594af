"""Pages that every register shares: thin views that parse, call an action or a query, and show."""
