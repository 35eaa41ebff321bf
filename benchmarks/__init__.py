"""How much work the hot paths cost, as ratios to yardsticks measured beside them in the same minutes."""
