from wagtail import hooks

from cms.references.viewsets import RegistersViewSetGroup, ReviewLaws, VerifyContacts

hooks.register("register_bulk_action", VerifyContacts)
hooks.register("register_bulk_action", ReviewLaws)


@hooks.register("register_admin_viewset")
def registers() -> RegistersViewSetGroup:
    return RegistersViewSetGroup()
