from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Exempelstaden: a fictional city with real content. Not part of the wheel, and nothing imports it."""

    name = "demo"
    label = "ledstang_demo"
    verbose_name = "Exempelstaden"
