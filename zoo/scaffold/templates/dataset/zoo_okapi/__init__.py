"""What this plugin offers. Data only: NumPy is not imported here."""

from __future__ import annotations

from zoo import DatasetSpec, hookimpl


@hookimpl
def zoo_datasets() -> list[DatasetSpec]:
    return [
        DatasetSpec(
            name="okapi",
            summary="600 drawn bars, lying or standing in one of five places",
            classes=10,
            counts=(500, 100),
            loader="zoo_okapi.images:load",
            sha256={
                "x_train": "936ae5e538711de76b1ce0179feb0cf89fb68b17618507f89d5b5a9c1356c677",
                "y_train": "ca98113db9f770ca1fb15954ac0077239d8c7207030ec32a64fdbd8e2664fd4c",
                "x_test": "8169c419165998bc3421a7fb5e03532b51673b3fa694dbb2e437c59b2f6e5597",
                "y_test": "05c5975aab578d996fb27e551a44ed470715f77fdb57539fc5992e489e0f2908",
            },
            labels=(
                *(f"lying {place}" for place in range(1, 6)),
                *(f"standing {place}" for place in range(1, 6)),
            ),
            licence="MIT",
        )
    ]
