# A small program with the structure of an evaluator but its own text, from which tests take a prompt.
import json


class Grader:
    def _load(self, path):
        with open(path) as f:
            return json.load(f)

    def _build_prompt(self, task_info, dimension, rubrics):
        """Puts the question together."""
        task_desc = task_info.get("aufgabe", "")
        detailed_req = task_info.get("requirement", "")

        dimension_names = {
            "rubrics_scientific": "Truth",
            "rubrics_visual": "Looks",
        }
        dim_name = dimension_names.get(dimension, dimension)

        rubrics_text = ""
        for i in range(1, 10):
            d_key, s_key = f"d{i}", f"s{i}"
            if d_key in rubrics and s_key in rubrics:
                point_type = "Good" if rubrics[s_key] == "+1" else "Bad"
                rubrics_text += f"{i}) <{point_type}> {rubrics[d_key]}\n"

        return f"""Grade the {dim_name} of this film.

Told to show: {task_desc}
In detail: {detailed_req}

{dim_name} list:
{rubrics_text}
Say only {{"scores": [0, 1], "reasoning": "..."}} about {dim_name}."""

    def grade(self, path):
        return f"""not this one {path}"""
