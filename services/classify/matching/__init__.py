"""Who a supplier is: ordered rules, then the fitted model's judgement, with its evidence."""
