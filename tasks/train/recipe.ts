/** The training recipe: stages, data and hyperparameters. */

/** A stage of training: the VAE, or a model. */
export interface Stage {
  name: string;
  what: "vae" | "dit";
  size?: "s" | "l";
  /** Data sets: everyday motion, micro-worlds. */
  data: readonly ("macro" | "micro")[];
  /** The stage whose weights it is initialised from. */
  from?: string;
  steps: number;
  batch: number;
  /** Peak learning rate. */
  learningRate: number;
  /** Number of clips of the training split; all by default. */
  clips?: number;
  /** Probability of dropping a caption's word, and of replacing it by a random one; 0 by default. */
  wordCorruption?: number;
  /** Trained only on request. */
  optional?: boolean;
  /** An intermediate stage, which another continues with a new learning rate schedule. */
  draft?: boolean;
}

/** A complete training run. */
export interface Recipe {
  /** Clips of each data set, over all splits. */
  clips: number;
  stages: readonly Stage[];
}

const VAE = { what: "vae", data: ["micro", "macro"], batch: 4 } as const;
const BASE = { what: "dit", data: ["macro"], batch: 12 } as const;
const NANO = { what: "dit", size: "s", data: ["micro"], batch: 12 } as const;

/**
 * The recipe of the embedded models. The VAE is trained on both data sets, as Wan's was on general
 * video; the base models only on everyday motion; `nano` is `s-base` fine-tuned on micro-worlds.
 */
export const FULL: Recipe = {
  clips: 1500,
  stages: [
    { ...VAE, name: "vae-draft", steps: 2300, learningRate: 2e-3, draft: true },
    { ...VAE, name: "vae", from: "vae-draft", steps: 2600, learningRate: 7e-4 },
    { ...BASE, name: "s-base", size: "s", steps: 1200, learningRate: 1e-3 },
    { ...NANO, name: "nano-draft", from: "s-base", steps: 3600, learningRate: 1e-3, draft: true },
    {
      ...NANO,
      name: "nano-second",
      from: "nano-draft",
      steps: 4500,
      learningRate: 7e-4,
      draft: true,
    },
    {
      ...NANO,
      name: "nano",
      from: "nano-second",
      steps: 2500,
      learningRate: 5e-4,
      wordCorruption: 0.15,
    },
    { ...BASE, name: "l-base-draft", size: "l", steps: 350, learningRate: 7e-4, draft: true },
    { ...BASE, name: "l-base", size: "l", from: "l-base-draft", steps: 850, learningRate: 6e-4 },
    // For the ablation of the training set's size: the same few steps with increasing numbers of clips.
    ...[16, 64, 256, 1024].map((clips) => ({
      ...NANO,
      name: `nano-${clips}`,
      from: "s-base",
      steps: 500,
      learningRate: 1e-3,
      clips,
      optional: true,
    })),
  ],
};

/** Two steps of every stage on a few clips, to test that all parts work together. */
export const SMOKE: Recipe = {
  clips: 28,
  stages: FULL.stages.filter(({ optional, draft }) => !optional && !draft).map((stage) => ({
    ...stage,
    from: withoutDrafts(stage.from),
    steps: 2,
    batch: 2,
  })),
};

/** Resolves a draft to the stage that it was initialised from. */
function withoutDrafts(name: string | undefined): string | undefined {
  const stage = FULL.stages.find((stage) => stage.name === name);
  return stage?.draft ? withoutDrafts(stage.from) : name;
}
