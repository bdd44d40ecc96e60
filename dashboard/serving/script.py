"""What Streamlit runs at every rerun. It does not lie beside `pages`, or Streamlit would run those files as pages itself."""

from dashboard.app import main

main()
