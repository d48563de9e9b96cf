"""Run the command line with `python -m oresight.cli`."""

from oresight.cli import main

if __name__ == "__main__":
    main()
