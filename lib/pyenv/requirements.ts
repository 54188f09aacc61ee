/** What only Python can prove, and the packages that prove it; all of them run on Python 3.10. */

/** Other readers of Arrow files: our tables must open in them. */
export const TABLES: readonly string[] = ["polars==2.0.0", "pyarrow==25.0.1"];

/** The reference implementation of notebooks and of the client that executes them. */
export const JUPYTER: readonly string[] = [
  "jupyter_client==8.10.0",
  "nbclient==0.11.0",
  "nbformat==5.11.1",
];
