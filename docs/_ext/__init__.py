"""What the site needs beyond Sphinx: links as the repository has them, pages made from the code."""
