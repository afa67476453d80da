"""What each role at a desk does: analysts, researchers, trader, risk debaters, portfolio manager."""
