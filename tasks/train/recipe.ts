/** What is trained, on what, and for how long. */

/** A stage of training: the VAE, or a model. */
export interface Stage {
  name: string;
  what: "vae" | "dit";
  size?: "s" | "l";
  /** Sets of clips: everyday motion, micro-worlds. */
  data: readonly ("macro" | "micro")[];
  /** The stage whose weights it starts from. */
  from?: string;
  steps: number;
  batch: number;
  /** Highest learning rate. */
  rate: number;
  /** Clips of the training split; all where absent. */
  clips?: number;
  /** Trained only where it is asked for. */
  optional?: boolean;
}

/** A whole training. */
export interface Recipe {
  /** Clips of each set, over all splits. */
  clips: number;
  stages: readonly Stage[];
}

const NANO: Stage = {
  name: "nano",
  what: "dit",
  size: "s",
  data: ["micro"],
  from: "s-base",
  steps: 4500,
  batch: 12,
  rate: 1e-3,
};

/**
 * The recipe of the embedded models. The VAE sees both sets, as Wan's has seen everything; the base
 * models see everyday motion alone; Nano goes on from the small one with micro-worlds alone.
 */
export const FULL: Recipe = {
  clips: 1500,
  stages: [
    { name: "vae-draft", what: "vae", data: ["micro", "macro"], steps: 2300, batch: 4, rate: 2e-3 },
    {
      name: "vae",
      what: "vae",
      data: ["micro", "macro"],
      from: "vae-draft",
      steps: 2600,
      batch: 4,
      rate: 7e-4,
    },
    { name: "s-base", what: "dit", size: "s", data: ["macro"], steps: 1200, batch: 12, rate: 1e-3 },
    NANO,
    { name: "l-base", what: "dit", size: "l", data: ["macro"], steps: 500, batch: 12, rate: 7e-4 },
    // For the ablation of the data's size.
    ...[64, 256].map((clips) => ({ ...NANO, name: `nano-${clips}`, clips, optional: true })),
  ],
};

/** Two steps of everything on a few clips: that all parts work together, not that they learn. */
export const SMOKE: Recipe = {
  clips: 40,
  stages: FULL.stages.filter(({ optional }) => !optional).map((stage) => ({
    ...stage,
    steps: 2,
    batch: 2,
  })),
};
