"""How Vitrine's models are trained: see Training/README.md."""
