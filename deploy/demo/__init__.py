"""`make demo`: the whole product on one machine, with a sample year or with real payments."""
