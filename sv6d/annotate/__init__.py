"""Documents: by experts, validated; and by rules and the adapter, for every video."""
