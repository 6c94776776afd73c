from wagtail import hooks

from cms.references.viewsets import RegistersViewSetGroup


@hooks.register("register_admin_viewset")
def registers() -> RegistersViewSetGroup:
    return RegistersViewSetGroup()
