"""Who is paid, ranked: kept beside the spend and refreshed behind it."""
