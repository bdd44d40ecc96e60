"""`python -m yibao`."""

from yibao.cli import main

if __name__ == "__main__":
    main()
