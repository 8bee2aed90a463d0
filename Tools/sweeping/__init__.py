"""Random models from real Keras, and the comparison of keraskit with it. Started by Tools/sweep."""
