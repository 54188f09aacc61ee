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
  /** Share of a caption's words that are left out, and share that strange words stand for. */
  strange?: number;
  /** Trained only where it is asked for. */
  optional?: boolean;
  /** Only a beginning, from which another stage goes on at a rate that rises and falls anew. */
  draft?: boolean;
}

/** A whole training. */
export interface Recipe {
  /** Clips of each set, over all splits. */
  clips: number;
  stages: readonly Stage[];
}

const VAE = { what: "vae", data: ["micro", "macro"], batch: 4 } as const;
const BASE = { what: "dit", data: ["macro"], batch: 12 } as const;
const NANO = { what: "dit", size: "s", data: ["micro"], batch: 12 } as const;

/**
 * The recipe of the embedded models. The VAE sees both sets, as Wan's has seen everything; the base
 * models see everyday motion alone; Nano goes on from the small one with micro-worlds alone.
 */
export const FULL: Recipe = {
  clips: 1500,
  stages: [
    { ...VAE, name: "vae-draft", steps: 2300, rate: 2e-3, draft: true },
    { ...VAE, name: "vae", from: "vae-draft", steps: 2600, rate: 7e-4 },
    { ...BASE, name: "s-base", size: "s", steps: 1200, rate: 1e-3 },
    { ...NANO, name: "nano-draft", from: "s-base", steps: 3600, rate: 1e-3, draft: true },
    { ...NANO, name: "nano-second", from: "nano-draft", steps: 4500, rate: 7e-4, draft: true },
    { ...NANO, name: "nano", from: "nano-second", steps: 2500, rate: 5e-4, strange: 0.15 },
    { ...BASE, name: "l-base-draft", size: "l", steps: 350, rate: 7e-4, draft: true },
    { ...BASE, name: "l-base", size: "l", from: "l-base-draft", steps: 850, rate: 6e-4 },
    // For the ablation of the data's size: the same few steps with more and more clips.
    ...[16, 64, 256, 1024].map((clips) => ({
      ...NANO,
      name: `nano-${clips}`,
      from: "s-base",
      steps: 500,
      rate: 1e-3,
      clips,
      optional: true,
    })),
  ],
};

/** Two steps of everything on a few clips: that all parts work together, not that they learn. */
export const SMOKE: Recipe = {
  clips: 28,
  stages: FULL.stages.filter(({ optional, draft }) => !optional && !draft).map((stage) => ({
    ...stage,
    from: begun(stage.from),
    steps: 2,
    batch: 2,
  })),
};

/** The stage itself, or what its draft began from. */
function begun(name: string | undefined): string | undefined {
  const stage = FULL.stages.find((stage) => stage.name === name);
  return stage?.draft ? begun(stage.from) : name;
}
