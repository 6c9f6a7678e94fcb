"""What the specs of `good` name by string."""


class Good:
    class Inner:
        pass
