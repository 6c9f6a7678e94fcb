"""Draw all default views of a model into one report, weights and data cached and nothing imported twice.

python zoo_report.py MODEL
"""

import tempfile
from pathlib import Path

from common import Watch, options, tell

from zoo import Zoo
from zoo.api.drawing import draw_defaults
from zoo.api.running import Run
from zoo.report import write
from zoo.store.files import write_whole


def main(model: str) -> None:
    zoo = Zoo()
    loaded = zoo.load(model)
    accuracy = loaded.evaluate().accuracy
    with tempfile.TemporaryDirectory() as folder, Watch() as drawing_time:
        command = f"zoo run {model} --visualize"
        drawing = draw_defaults(zoo, loaded, Path(folder), command, sliders=True)
        page = write(Run(loaded, drawing=drawing).to_data(), drawing.pictures)
        write_whole(Path(folder) / "report.html", page)
    missing = {**drawing.skipped, **drawing.failed}
    tell(
        seconds=drawing_time.seconds,
        accuracy=accuracy,
        views=len(drawing.views),
        not_drawn=list(missing),
    )


if __name__ == "__main__":
    main(options("model").model)
