"""What happened: Django apps, each with the same rooms (models, flow, actions, queries, sheets, figures, pages, api)."""
