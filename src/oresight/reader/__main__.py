"""`python -m oresight.reader TEXT [--published DATE] [--json]`: the records of a text as JSON."""

from __future__ import annotations

import argparse
import json
import sys

from oresight.errors import InputError
from oresight.reader.read import read_file


def main() -> int:
    """Prints the document as one JSON object; exit code 2 and one line for bad input."""
    arguments = argparse.ArgumentParser(prog="python -m oresight.reader", description=__doc__)
    arguments.add_argument("text", help="path of a text, or - for standard input")
    arguments.add_argument("--published", help="ISO day of publication")
    arguments.add_argument("--json", action="store_true", help="print JSON (the only form)")
    given = arguments.parse_args()
    try:
        document = read_file(given.text, given.published)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    json.dump(document.to_json(), sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
