from django.urls import include, path

from steward.api.root import api, healthz, metrics

handler400 = "steward.web.errors.bad_request"
handler403 = "steward.web.errors.forbidden"
handler404 = "steward.web.errors.not_found"
handler500 = "steward.web.errors.server_error"

urlpatterns = [
    path("api/v1/", api.urls),
    path("healthz", healthz),
    path("metrics", metrics),
    path("", include("steward.web.urls")),
]
