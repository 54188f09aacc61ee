/** What only Python can prove, and the packages that prove it; all of them run on Python 3.10. */

/** The reference implementation of notebooks and of the client that executes them. */
export const JUPYTER: readonly string[] = [
  "jupyter_client==8.10.0",
  "nbclient==0.11.0",
  "nbformat==5.11.1",
];

/** JupyterLab, to open notebooks in a browser. Apart, so that only who opens it installs it. */
export const LAB: readonly string[] = ["jupyterlab==4.6.6"];

/** What the released evaluator imports; it pins nothing, so these are the versions it is measured with. */
export const RELEASED: readonly string[] = [
  "numpy==2.2.6",
  "opencv-python-headless==4.13.0.92",
  "requests==2.34.2",
  "tqdm==4.70.1",
];

/** A server of OpenAI's protocol that others wrote, and what its model runs on; above 1 GB. */
export const SERVED: readonly string[] = [
  "numpy==2.2.6",
  "pillow==13.0.0",
  "torch==2.13.0",
  "transformers[serving]==5.23.0",
];

/**
 * What the embedded models are trained and exported with, and the reference that Wan is checked
 * against: together, so that PyTorch is installed once.
 */
export const TRAINING: readonly string[] = [
  "accelerate==1.15.0",
  "av==18.1.0",
  "diffusers==0.42.1",
  "numpy==2.2.6",
  "onnx==1.23.2",
  "safetensors==0.8.0",
  "torch==2.13.0",
  "transformers==5.23.0",
];

/** What a Jupyter that is already there must have to be used. */
export interface Needed {
  /** A Python package. */
  name: string;
  /** The oldest version that was seen to work, such as `0.10.0`. */
  oldest: string;
}

export const NBCLIENT: Needed = { name: "nbclient", oldest: "0.10.0" };
export const JUPYTERLAB: Needed = { name: "jupyterlab", oldest: "4.2.0" };
