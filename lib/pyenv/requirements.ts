/** Python packages needed for verification and training; all of them run on Python 3.10. */

/** The reference implementation of notebooks and of the client that executes them. */
export const JUPYTER: readonly string[] = [
  "jupyter_client==8.10.0",
  "nbclient==0.11.0",
  "nbformat==5.11.1",
];

/** JupyterLab, to open notebooks in a browser. Separate, so that it is installed only on demand. */
export const LAB: readonly string[] = ["jupyterlab==4.6.6"];

/** Dependencies of the released evaluator, which pins none; it is measured with these versions. */
export const RELEASED: readonly string[] = [
  "numpy==2.2.6",
  "opencv-python-headless==4.13.0.92",
  "requests==2.34.2",
  "tqdm==4.70.1",
];

/** An independent server of OpenAI's protocol and its model's runtime; more than 1 GB. */
export const SERVED: readonly string[] = [
  "numpy==2.2.6",
  "pillow==13.0.0",
  "torch==2.13.0",
  "transformers[serving]==5.23.0",
];

/**
 * For training and exporting the embedded models, and the reference implementation for checking
 * Wan: combined, so that PyTorch is installed once.
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

/** For comparing with DiffSynth's autoencoder and with PEFT, which defines LoRA files. */
export const WAN_RELEASED: readonly string[] = [
  ...["diffusers==0.42.1", "einops==0.8.2", "peft==0.21.2", "safetensors==0.8.0"],
  ...["torch==2.13.0", "transformers==5.23.0"],
];

/** The package that an existing Jupyter must have to be used. */
export interface RequiredPackage {
  /** Name of the package. */
  name: string;
  /** The oldest version known to work, such as `0.10.0`. */
  oldest: string;
}

export const NBCLIENT: RequiredPackage = { name: "nbclient", oldest: "0.10.0" };
export const JUPYTERLAB: RequiredPackage = { name: "jupyterlab", oldest: "4.2.0" };
