"""What a body publishes, in the forms that its standards give: only kept facts, gaps told."""
