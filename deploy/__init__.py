"""What runs Local Pound: images, charts, dashboards, and the stack on one machine."""
