"""How records look: tables in a terminal, figures, pages."""
