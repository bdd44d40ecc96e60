"""Properties of the product that hold for any input, tried on inputs that hypothesis draws."""
