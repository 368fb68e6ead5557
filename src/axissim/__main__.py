"""``python -m axissim`` is ``axissim``."""

from axissim.cli import main

if __name__ == "__main__":
    main()
