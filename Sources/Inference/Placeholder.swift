// Filled by the target's first type.
