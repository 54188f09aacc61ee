"""Runs the released video_evaluator.py, unchanged, over one folder of clips.

Usage: python released.py DIR RUBRICS CLIPS OUTPUT MODEL

DIR holds video_evaluator.py. CLIPS is a folder of 1.mp4, 2.mp4, ...; EVAL_BASE_URL and EVAL_API_KEY
select the server.
"""

import os
import sys


def main(folder: str, rubrics: str, clips: str, output: str, model: str) -> None:
    sys.path.insert(0, folder)
    from video_evaluator import EvalConfig, EvaluationGenerator

    parent, name = os.path.split(os.path.abspath(clips))
    config = EvalConfig(
        model=model,
        base_input_dir=parent,
        model_names=[name],
        rubrics_file=rubrics,
        output_dir=output,
    )
    EvaluationGenerator(config).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
