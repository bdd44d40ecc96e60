"""What Streamlit runs at every rerun. It does not lie beside `pages`, or Streamlit would run those files as pages itself."""

from dashboard.app import main

# a process that is spawned from one that served pages runs this file again, under another name
if __name__ == "__main__":
    main()
