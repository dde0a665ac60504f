"""How close simulated seekers are to real people, and how well a set tells supporters apart."""
