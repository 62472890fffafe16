"""What notifications say in Spanish."""

from collections.abc import Mapping
from typing import Final

from bitewing.notifications.templates.template import Language, Template
from bitewing.notifications.templates.topic import Topic

_SEE_CASE: Final = "[Ver el caso]({link})"
_SEE_DAY: Final = "[Ver el día de casos]({link})"
_SEE_PERIOD: Final = "[Ver el periodo]({link})"
_ASK_LAB: Final = "¿Preguntas? {lab_contact}. Indique el número de caso {case_id}."
_WHEN: Final = "Empieza el {starts_at}, en {practice}."


def _say(subject: str, *lines: str, text: tuple[str, ...] = ()) -> Template:
    return Template(subject=subject, lines=lines, text_message=text)


_OF_CASES: Final = {
    "case_started_by_lab": _say(
        "{case}: {lab} abrió un caso para usted", "{lab} registró un trabajo que llegó por otra vía.", _SEE_CASE
    ),
    "case_blocked": _say(
        "{case}: PreCheck encontró algo", "No se puede enviar hasta que se corrija.", "[Ver los hallazgos]({link})"
    ),
    "case_sent": _say(
        "{case} se envió",
        "Su caso se envió a {lab} y su receta está hecha.",
        "Esta es la versión {rx_number} de la receta; las anteriores se conservan.",
        "[Ver el caso e imprimir la confirmación]({link})",
        _ASK_LAB,
    ),
    "case_arrived": _say("{case} llegó de {practice}", "Sus archivos pasaron la inspección.", _SEE_CASE),
    "files_missing": _say(
        "{case}: faltan archivos",
        "Su caso no llegó a {lab}: un archivo no se puede usar o no llegó nunca.",
        "El caso está en espera hasta que se envíe de nuevo.",
        "[Ver qué archivo es y añadir otro]({link})",
        _ASK_LAB,
    ),
    "ready_to_plan": _say(
        "{case} está listo para planificar",
        "{lab} tiene lo que necesita. Reserve una sesión lo antes posible: hasta entonces el caso está en espera.",
        "[Reservar una sesión de planificación]({link})",
        _ASK_LAB,
    ),
    "case_on_hold": _say("{case} está en pausa", "{lab} puso el caso en pausa.", "[Ver por qué]({link})", _ASK_LAB),
    "case_goes_on": _say("{case} continúa", "{lab} trabaja de nuevo en el caso.", _SEE_CASE),
    "case_finished": _say("{case} está terminado", "{lab} lo envía en su próximo día laborable.", _SEE_CASE),
    "case_shipped": _say("{case} va en camino", "Salió de {lab}.", "[Seguir el paquete]({link})"),
    "case_canceled": _say("{case} se canceló", "El caso terminó en {lab}.", "[Ver por qué]({link})", _ASK_LAB),
    "case_returned": _say(
        "{case}: devuelto",
        "{lab} devolvió su caso. Está en espera hasta que se envíe de nuevo.",
        "Por qué: {reasons}.",
        "[Leer lo que escribió el laboratorio, corregirlo y enviar el caso de nuevo]({link})",
        _ASK_LAB,
    ),
    "case_incomplete": _say(
        "{case}: faltan archivos o datos",
        "{lab} pide archivos o datos. El caso está en espera hasta que se envíe de nuevo.",
        "Por qué: {reasons}.",
        "[Leer lo que escribió el laboratorio y añadir lo que falta]({link})",
        _ASK_LAB,
    ),
    "case_noted": _say("{case}: una nota nueva", "Alguien añadió una nota al caso.", "[Leer la nota]({link})"),
    "sent_otherwise_arrived": _say("{case}: llegó lo que envió", "{lab} lo tiene.", _SEE_CASE),
    "correction_done": _say(
        "{case}: la corrección está hecha",
        "{practice} hizo lo que pide su enlace.",
        "Hallazgos pendientes: {findings_left}.",
        _SEE_CASE,
    ),
    "file_quarantined": _say(
        "{case}: un archivo no se puede usar", "Se apartó. Añada otro en su lugar.", "[Ver por qué]({link})"
    ),
    "requirements_changed": _say(
        "{case}: el laboratorio cambió sus requisitos",
        "{lab} cambió lo que pide para este trabajo, y su caso aún no se ha enviado.",
        "[Ver lo que dice PreCheck]({link})",
    ),
    "case_waits": _say(
        "{case} le espera",
        "El caso está en espera en {lab} hasta que usted actúe.",
        "Por qué: {reasons}.",
        "[Ver qué hay que hacer]({link})",
        _ASK_LAB,
    ),
    "session_to_book": _say(
        "{case}: reserve una sesión de planificación",
        "El caso está listo para planificar y en espera hasta que se reserve una sesión con {lab}.",
        "[Reservar una sesión de planificación]({link})",
        _ASK_LAB,
    ),
    "draft_idle": _say(
        "{case} aún no se ha enviado",
        "Nadie ha cambiado este borrador en una semana.",
        "[Terminarlo o descartarlo]({link})",
    ),
    "case_untouched": _say(
        "{case} espera una revisión",
        "Llegó de {practice} y nadie lo ha mirado en un día laborable.",
        _SEE_CASE,
    ),
}
_OF_SESSIONS: Final = {
    "session_booked": _say(
        "{case}: sesión de planificación reservada",
        "Hay una sesión de planificación de {practice} y {lab}: {starts_at}, {minutes} minutos.",
        "[Entrar en la sesión]({join_link})",
        "[Añadirla a Google Calendar]({add_link})",
        _SEE_CASE,
        _ASK_LAB,
    ),
    "session_moved": _say(
        "{case}: cambió la sesión de planificación",
        "La sesión de planificación de {practice} y {lab} tiene otra hora: {starts_at}, {minutes} minutos.",
        "Antes era el {previous_starts_at}.",
        "[Entrar en la sesión]({join_link})",
        "[Añadirla a Google Calendar]({add_link})",
        _SEE_CASE,
        _ASK_LAB,
    ),
    "session_canceled": _say(
        "{case}: sesión de planificación cancelada",
        "La sesión de planificación de {practice} y {lab} del {starts_at} no tendrá lugar.",
        "[Ver cómo sigue el caso]({link})",
        _ASK_LAB,
    ),
    "session_missed": _say(
        "{case}: sesión de planificación perdida",
        "Nadie acudió a la sesión con {lab} del {starts_at}. El caso está en espera hasta que se reserve otra.",
        "[Reservar otra sesión de planificación]({link})",
        _ASK_LAB,
    ),
    "session_comes": _say(
        "{case}: sesión de planificación el {starts_at}",
        "La sesión de planificación de {practice} y {lab} empieza el {starts_at}.",
        "[Entrar en la sesión]({join_link})",
        _SEE_CASE,
    ),
}
_OF_SHIPMENTS: Final = {
    "parcel_added": _say(
        "{case}: se anunció un paquete",
        "{lab} lo envía con {carrier}.",
        "[Seguir el paquete]({tracking_link})",
        _SEE_CASE,
    ),
    "parcel_trouble": _say(
        "{case}: problema con un paquete",
        "{carrier} dice: {state}.",
        "[Seguir el paquete]({tracking_link})",
        _SEE_CASE,
        _ASK_LAB,
    ),
    "parcel_removed": _say("{case}: se retiró un paquete", "{lab} retiró lo que había dicho de un paquete.", _SEE_CASE),
    "parcel_received": _say("{case}: {practice} tiene el paquete", "La clínica dice que llegó.", _SEE_CASE),
}
_OF_CASE_DAYS: Final = {
    "day_proposed": _say(
        "Día de casos propuesto: {on}",
        "{care_team} propone un día de casos en {practice}. No está confirmado hasta que el equipo acepte.",
        _SEE_DAY,
    ),
    "day_asked": _say(
        "¿Puede trabajar el {on}?",
        "Se le pide un día de casos en {practice}. Puesto: {role}.",
        _WHEN,
        "Responda antes del {answer_due_at}.",
        "[Aceptar o rechazar]({link})",
        text=(
            "Bitewing: día de casos {starts_at} en {practice}, {role}.",
            "Responda SI {reply_code} o NO {reply_code}",
            "antes del {answer_due_at}",
        ),
    ),
    "answer_recorded": _say(
        "Está en el equipo del {on}",
        "Su responsable anotó que acepta el día de casos en {practice}.",
        _WHEN,
        _SEE_DAY,
    ),
    "member_accepted": _say("{clinician} acepta el {on}", "Irá a {practice}. Puesto: {role}.", _SEE_DAY),
    "member_off": _say(
        "No está en el equipo del {on}",
        "No se le necesita para el día de casos en {practice} del {on}.",
        _SEE_DAY,
        text=("Bitewing: ya no está en el equipo del {on} en {practice}.",),
    ),
    "member_declined": _say(
        "{clinician} rechazó el {on}",
        "En el día de casos en {practice} queda libre un puesto: {role}.",
        "[Ver quién podría ir en su lugar]({link})",
    ),
    "member_silent": _say(
        "{clinician} no ha respondido sobre el {on}",
        "Se le pidió el día de casos en {practice} (puesto: {role}), y el plazo para responder ha pasado.",
        "[Preguntar de nuevo o a otra persona]({link})",
    ),
    "member_unfit": _say(
        "{clinician} ya no cumple los requisitos del {on}",
        "Día de casos en {practice}, puesto: {role}. Motivo: {rules}.",
        "[Decidir qué hacer]({link})",
    ),
    "day_confirmed": _say(
        "Día de casos confirmado: {on}",
        "El día de casos en {practice} tendrá lugar.",
        _WHEN,
        _SEE_DAY,
        text=("Bitewing: confirmado, día de casos {starts_at} en {practice}.",),
    ),
    "day_confirmed_practice": _say(
        "Día de casos confirmado: {on}",
        "{care_team} va a {practice}. El archivo adjunto es para su calendario.",
        _WHEN,
        "[Confirmar los detalles y asignar pacientes]({link})",
    ),
    "day_unconfirmed": _say(
        "El día de casos del {on} vuelve a estar abierto",
        "El equipo para {practice} ya no está completo. Nos ocupamos de ello; mantenga el día libre.",
        _SEE_DAY,
        text=("Bitewing: el equipo del {on} en {practice} no está completo. Mantenga el día libre.",),
    ),
    "day_canceled": _say(
        "Día de casos cancelado: {on}",
        "El día de casos en {practice} del {on} no tendrá lugar.",
        "[Ver por qué]({link})",
        text=("Bitewing: cancelado, día de casos {on} en {practice}.",),
    ),
    "day_rescheduled": _say(
        "Día de casos movido al {on}",
        "El día de casos en {practice} es el {on}, y no el {previous_on}.",
        _WHEN,
        "[Ver el día de casos y si se le pregunta de nuevo]({link})",
        text=("Bitewing: el día de casos en {practice} pasa del {previous_on} al {on}. Consulte su portal.",),
    ),
    "day_changed": _say(
        "Día de casos cambiado: {on}",
        "En el día de casos en {practice} cambió lo siguiente: {fields}.",
        _WHEN,
        _SEE_DAY,
        text=("Bitewing: el día de casos {starts_at} en {practice} cambió: {fields}.",),
    ),
    "change_wanted": _say(
        "{practice} quiere cambiar el {on}",
        "Pide cambiar: {fields}. Nada cambia hasta que usted decida.",
        "[Decidir]({link})",
    ),
    "change_decided": _say(
        "Día de casos del {on}: cambio {decision}",
        "{practice} pidió cambiar: {fields}. El cambio está {decision}.",
        _WHEN,
        _SEE_DAY,
    ),
    "day_not_confirmed": _say(
        "Nadie confirmó el día de casos del {on}",
        "Debía empezar en {practice} y no está confirmado.",
        "[Cancelarlo o confirmarlo]({link})",
    ),
    "details_confirmed": _say(
        "{practice} confirmó los detalles del {on}", "Llegada, salas y contacto están acordados.", _SEE_DAY
    ),
    "patients_changed": _say(
        "Cambiaron los pacientes del {on}", "Pacientes que {practice} ha asignado: {patients}.", _SEE_DAY
    ),
    "work_late": _say(
        "{case}: demasiado tarde para el {on}",
        "El trabajo se necesita en el día de casos del {on} y no estará a tiempo.",
        "Se prevé que llegue el {arrives_on}.",
        _SEE_DAY,
    ),
    "work_in_time": _say(
        "{case}: al final a tiempo para el {on}", "El trabajo estará para el día de casos del {on}.", _SEE_DAY
    ),
    "day_comes": _say(
        "Día de casos el {on}",
        "Se acerca el día de casos en {practice}.",
        _WHEN,
        "Pacientes asignados: {patients}.",
        _SEE_DAY,
    ),
    "patients_missing": _say(
        "Día de casos el {on}: aún sin pacientes",
        "El día de casos en {practice} no tiene pacientes asignados.",
        _WHEN,
        "[Asignar pacientes]({link})",
    ),
}
_OF_REQUESTS: Final = {
    "day_requested": _say(
        "{practice} pide un día de casos", "Como primera opción quiere el {on}.", "[Ver la solicitud]({link})"
    ),
    "request_changed": _say(
        "Cambió la solicitud de {practice}", "Pide un día de casos en {period}.", "[Ver la solicitud]({link})"
    ),
    "request_unmatched": _say(
        "No se encontró un día de casos en {period}",
        "{care_team} no encontró equipo para el día de casos que pidió. La solicitud sigue en la lista.",
        "[Leer por qué y ofrecer otras fechas]({link})",
    ),
    "request_rejected": _say(
        "Su solicitud de un día de casos se rechazó",
        "{care_team} no planifica un día de casos para usted en {period}.",
        "[Leer por qué]({link})",
    ),
    "request_withdrawn": _say(
        "{practice} retiró su solicitud", "Ya no pide un día de casos en {period}.", "[Ver la solicitud]({link})"
    ),
}
_OF_PERIODS: Final = {
    "availability_wanted": _say(
        "¿Cuándo puede trabajar? {period}",
        "{care_team} planifica días de casos desde el {first_on} hasta el {last_on}.",
        "Envíe su disponibilidad antes del {availability_due_at}.",
        "[Enviar la disponibilidad]({link})",
    ),
    "requests_wanted": _say(
        "¿Quiere un día de casos? {period}",
        "{care_team} planifica días de casos desde el {first_on} hasta el {last_on}.",
        "Envíe sus solicitudes antes del {requests_due_at}.",
        "[Pedir un día de casos]({link})",
    ),
    "period_changed": _say(
        "{period} cambió",
        "Sus días de casos van desde el {first_on} hasta el {last_on}.",
        "La disponibilidad se envía antes del {availability_due_at}, las solicitudes antes del {requests_due_at}.",
        _SEE_PERIOD,
    ),
    "period_to_review": _say(
        "{period} está listo para revisar",
        "El plazo de la disponibilidad ha pasado; ya se puede revisar.",
        "[Revisarla]({link})",
    ),
    "schedule_published": _say(
        "Su calendario: {period}",
        "{care_team} publicó su calendario desde el {first_on} hasta el {last_on}.",
        "[Ver sus días de casos]({link})",
    ),
    "availability_submitted": _say("{clinician} envió su disponibilidad", "Es para {period}.", "[Revisarla]({link})"),
    "availability_approved": _say(
        "Su disponibilidad está aprobada", "{care_team} planifica con ella en {period}.", _SEE_PERIOD
    ),
    "availability_needs_changes": _say(
        "Su disponibilidad necesita cambios",
        "Su responsable le pide que la envíe de nuevo para {period}.",
        "[Leer los comentarios]({link})",
    ),
    "availability_missing": _say(
        "Falta su disponibilidad: {period}",
        "Envíela antes del {availability_due_at}. Sin ella no podemos contar con usted en el calendario.",
        "[Enviar la disponibilidad]({link})",
    ),
    "requests_due": _say(
        "Vence el plazo para pedir días de casos: {period}",
        "Se pueden pedir antes del {requests_due_at}.",
        "[Pedir un día de casos]({link})",
    ),
    "matching_started": _say(
        "{period}: se prepara el calendario", "Empezó por sí solo, como estaba previsto.", _SEE_PERIOD
    ),
    "proposal_ready": _say(
        "{period}: hay una propuesta",
        "Días propuestos: {proposed}.",
        "Solicitudes sin equipo: {unmatched}.",
        "Decida antes del {decide_by}.",
        "[Ver la propuesta]({link})",
    ),
    "proposal_waits": _say(
        "{period}: la propuesta le espera",
        "Días sin decidir: {undecided}. Lo que siga sin decidir el {decide_by} caduca.",
        "[Decidir]({link})",
    ),
    "matching_done": _say("{period}: el calendario está hecho", "Lo aprobado se está confirmando.", _SEE_PERIOD),
    "matching_failed": _say(
        "{period}: no se pudo hacer el calendario",
        "El proceso terminó sin días.",
        "[Ver por qué y empezar otro]({link})",
    ),
}
_OF_ORGANIZATIONS: Final = {
    "connection_asked": _say(
        "{practice} quiere trabajar con ustedes", "Pide una conexión con {lab}.", "[Aceptar o rechazar]({link})"
    ),
    "connection_accepted": _say(
        "{lab} aceptó su conexión", "Ya puede enviar casos a {lab}.", "[Ver sus laboratorios]({link})"
    ),
    "connection_declined": _say(
        "{lab} rechazó su conexión", "No puede enviar casos a {lab}.", "[Ver sus laboratorios]({link})"
    ),
    "connection_ended": _say(
        "Terminó la conexión de {practice} y {lab}",
        "Los casos en curso continúan; no se pueden abrir otros.",
        "[Ver sus conexiones]({link})",
    ),
    "billing_active": _say("La facturación está en orden", "{practice} puede enviar casos.", "[Ver su cuenta]({link})"),
    "billing_blocks": _say(
        "La facturación impide enviar casos",
        "Los casos de {practice} se pueden preparar, pero no enviar hasta que la facturación esté en orden.",
        "[Ver su cuenta]({link})",
    ),
    "member_joined": _say(
        "{person} se incorporó a {organization}", "Aceptó su invitación.", "[Ver su personal]({link})"
    ),
    "roles_changed": _say(
        "Cambiaron sus funciones en {organization}",
        "Desde su próximo inicio de sesión tiene: {roles}.",
        "[Ver su cuenta]({link})",
    ),
    "member_left": _say("{person} dejó {organization}", "Su acceso terminó.", "[Ver su personal]({link})"),
}
_OF_DIGESTS: Final = {
    "several": _say("{subject}", "Novedades: {count}.", "[Ver cómo está]({link})"),
    "more": _say(
        "{count} avisos más", "Llegaron cuando ya se habían enviado los de un día.", "[Ver su bandeja]({link})"
    ),
}
TEMPLATES: Final[Mapping[Topic, Mapping[str, Template]]] = {
    Topic.CASE: _OF_CASES,
    Topic.SESSION: _OF_SESSIONS,
    Topic.SHIPMENT: _OF_SHIPMENTS,
    Topic.CASE_DAY: _OF_CASE_DAYS,
    Topic.REQUEST: _OF_REQUESTS,
    Topic.PERIOD: _OF_PERIODS,
    Topic.ORGANIZATION: _OF_ORGANIZATIONS,
    Topic.DIGEST: _OF_DIGESTS,
}
SPANISH: Final = Language(
    code="es",
    case="Caso",
    sign="Enviado por Bitewing. Nadie lee las respuestas. En su cuenta elige qué avisos recibe y cómo.",
    ends_mails="No recibir más correos",
    words={
        # Roles.
        "nurse": "personal de enfermería",
        "medic": "personal médico de apoyo",
        "anesthesiologist": "anestesiología",
        "practice_admin": "administración de la clínica",
        "practice_staff": "personal de la clínica",
        "lab_admin": "administración del laboratorio",
        "lab_staff": "personal del laboratorio",
        "clinician": "personal clínico",
        "manager": "responsable",
        "platform_admin": "administración de la plataforma",
        # What changes of a Case Day.
        "note": "nota",
        "arrival": "llegada",
        "contact": "contacto",
        "rooms": "salas",
        "patients": "pacientes",
        "starts_at": "hora de inicio",
        "minutes": "duración",
        "expected_patients": "pacientes previstos",
        "kind": "tipo de pacientes",
        "on": "fecha",
        "approved": "aprobado",
        "refused": "rechazado",
        # What a member breaks.
        "inactive": "ya no está en activo",
        "role": "función",
        "license": "licencia",
        "skill": "capacitación",
        "blocked": "excluido por la clínica",
        "availability": "disponibilidad",
        "claimed": "en otro equipo ese día",
        "drive": "límite de viaje",
        "week": "días por semana",
        "row": "días seguidos",
        # Parcels.
        "exception": "está retrasado o retenido",
        "returned": "se devuelve al remitente",
        # Why a case comes back.
        "prep_noise": "ruido en la preparación o en los dientes vecinos",
        "bite_relation": "la relación de mordida es errónea o no está clara",
        "arch_distortion": "la arcada está deformada o le falta una parte",
        "scan_body_seating": "el cuerpo de escaneo no está asentado",
        "insufficient_scan": "el escaneo muestra demasiado poco",
        "undercut_or_path": "una zona retentiva, o ningún eje de inserción",
        "margin_hidden": "el margen no se ve",
        "too_little_reduction": "reducción insuficiente",
        "rx_incomplete": "la receta está incompleta",
        "change_of_mind": "un cambio de opinión",
        "broken_or_lost": "roto o perdido",
        "delayed_visit": "una visita aplazada",
        "discomfort": "molestias",
        "anatomy_or_contact": "anatomía o contacto",
        "wrong_library": "biblioteca equivocada",
        "cement_gap_or_path": "espacio de cemento o eje de inserción",
        "shade_mismatch": "el color no coincide",
        "chip": "astillado",
        "fit": "el ajuste",
        "delivery": "la entrega",
        "wrong_implant_brand": "marca de implante equivocada",
        "file_corrupted": "un archivo está dañado",
        "file_wrong_patient": "un archivo es de otro paciente",
        "file_missing": "falta un archivo",
    },
)
