"""Accounts to try the demo city with, and what the two groups of the editorial office may do."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms.core.enums import Competence
from cms.people.models import Person
from demo.city import ACCOUNTS, DOMAIN, Staff
from guidelines.models import ReviewTask

PASSWORD = "handtag i trappan"  # noqa: S105 printed at every start: a demo on one's own machine
EDITORS, APPROVERS = "Redaktörer", "Godkännare"
GROUPS = {"redaktor": EDITORS, "godkannare": APPROVERS}
ADMINISTRATOR = "administrator"

WHO = {
    "larare": "lärare, Sjövallaskolan",
    "rektor": "rektor, Sjövallaskolan",
    "hr": "HR för hela staden",
    "redaktor": "redaktör, /admin/",
    "godkannare": "godkännare, /admin/",
    "skydd": "ser även skyddade personuppgifter",
    ADMINISTRATOR: "administratör, /admin/",
}
PAGE_PERMISSIONS = {EDITORS: ("add", "change"), APPROVERS: ("add", "change", "publish", "lock", "unlock")}
FILES = [f"{verb}_{kind}" for verb in ("add", "change", "choose") for kind in ("image", "document", "media")]
EXPERTS = [Competence.SOCIAL_SERVICES, Competence.HONOUR, Competence.POLICE, Competence.CHILD_HEALTH]
STEPS = {
    "Sakkunnig läser": ([str(one) for one in EXPERTS], "Sakkunnig i hedersfrågor (påhittad)"),
    "Jurist läser": ([str(Competence.LAW), str(Competence.ARCHIVE)], "Kommunjurist (påhittad)"),
    "Godkännare publicerar": ([], "Utbildningsdirektören"),
}
REGISTERS = ("legalreference", "contact", "glossaryterm", "synonyms", "questionbankitem")


def address(account: str) -> str:
    return f"{account}@{DOMAIN}"


def introduction() -> str:
    """The accounts and their password, to print."""
    lines = [f"  {address(account):<46} {who}" for account, who in WHO.items()]
    return "\n".join(["Konton i Exempelstaden:", *lines, f"  Lösenord för alla: {PASSWORD}"])


def make_groups(front_page: Page) -> dict[str, Group]:
    """Editors write, approvers also publish: pages, files, the registers and the question bank."""
    return {name: _group(name, front_page) for name in (EDITORS, APPROVERS)}


def ask_for_approval(front_page: Page, approvers: Group) -> None:
    """What an editor submits goes to the approvers, on the whole site."""
    task = GroupApprovalTask.objects.create(name="Läses och godkänns av en annan")
    _ask("Godkännande av en annan person", front_page, [task], approvers)


def ask_for_review(guidelines: Page, approvers: Group) -> None:
    """A guideline passes subject expert, lawyer and approver, none of whom has written it.

    The demo's approver stands for all three; a city gives each step a group of its own.
    """
    tasks = [
        ReviewTask.objects.create(name=name, competences=competences, function=function)
        for name, (competences, function) in STEPS.items()
    ]
    _ask("Sakkunnig, jurist och godkännare", guidelines, tasks, approvers)


def _ask(name: str, page: Page, tasks: list[Any], group: Group) -> None:
    workflow = Workflow.objects.create(name=name)
    for order, task in enumerate(tasks):
        task.groups.add(group)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    WorkflowPage.objects.create(workflow=workflow, page=page)


def _group(name: str, front_page: Page) -> Group:
    group = Group.objects.create(name=name)
    admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    registers = Permission.objects.filter(
        content_type__app_label__in=("ledstang_references", "guidelines", "courses"),
        codename__in=[f"{verb}_{model}" for model in REGISTERS for verb in ("view", "add", "change")],
    )
    group.permissions.add(admin, *registers)
    for verb in PAGE_PERMISSIONS[name]:
        GroupPagePermission.objects.create(group=group, page=front_page, permission_type=verb)
    files = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label__in=("wagtailimages", "wagtaildocs", "wagtailmedia"), codename__in=FILES
    ):
        GroupCollectionPermission.objects.create(group=group, collection=files, permission=permission)
    return group


def make_accounts(staff: tuple[Staff, ...], people: dict[int, Person], groups: dict[str, Group]) -> dict[str, Any]:
    """One account each for those the demo tells about, and an administrator who is nobody on the staff."""
    model: Any = get_user_model()
    password = make_password(PASSWORD)
    users: dict[str, Any] = {}
    for member in staff:
        if member.account not in ACCOUNTS:
            continue
        user = model.objects.create(
            email=member.email,
            password=password,
            first_name=member.given_name,
            last_name=member.family_name,
        )
        if member.account in GROUPS:
            user.groups.add(groups[GROUPS[member.account]])
        person = people[member.number]
        person.user = user
        person.save(update_fields=["user"])
        users[member.account] = user
    users[ADMINISTRATOR] = model.objects.create(
        email=address(ADMINISTRATOR),
        password=password,
        first_name="Administratör",
        is_staff=True,
        is_superuser=True,
    )
    return users
