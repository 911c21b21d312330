"""The public pages, and the files that stand beside them."""

from django.contrib.sitemaps import views as sitemaps
from django.urls import path, re_path
from django.views.decorators.cache import cache_control

from portfolio.website import feeds
from portfolio.website.sitemaps import SITEMAPS
from portfolio.website.views import (
    files,
    giving,
    live,
    partners,
    productions,
    programmes,
    scholarships,
    slate,
    sources,
)
from portfolio.website.views import search as searching

app_name = "website"

kept = cache_control(public=True, max_age=60)

# Inside i18n_patterns: English without a prefix, /zh-hant/… and /zh-hans/….
urlpatterns = [
    path("", programmes.home, name="home"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme, name="programme"),
    path("strands/<slug:slug>/", programmes.strand, name="strand"),
    path("productions/", productions.productions, name="productions"),
    path("productions/<slug:slug>/", productions.production, name="production"),
    path("slate/", slate.slate, name="slate"),
    path("slate/timeline/", slate.timeline, name="slate_timeline"),
    path("concerts/", live.concerts, name="concerts"),
    path("concerts/<slug:slug>/", live.concert, name="concert"),
    path("venues/", live.venues, name="venues"),
    path("venues/<slug:slug>/", live.venue, name="venue"),
    path("venues/<slug:slug>/shows.ics", kept(live.venue_calendar), name="venue_calendar"),
    path("venue-collaborations/<slug:slug>/", live.collaboration, name="venue_collaboration"),
    path("track-record/", productions.track_record, name="track_record"),
    path("partners/", partners.partners, name="partners"),
    path("partners/<slug:slug>/", partners.partner, name="partner"),
    path("people/", partners.people, name="people"),
    path("people/<slug:slug>/", partners.person, name="person"),
    path("scholarships/", scholarships.scholarships, name="scholarships"),
    path("scholarships/360giving.json", kept(giving.giving), name="giving"),
    path("scholarships/<slug:slug>/", scholarships.scheme, name="scheme"),
    path("sources/", sources.sources, name="sources"),
    path("sources/<slug:slug>/", sources.source, name="source"),
    path("about-the-data/", sources.about_the_data, name="about_the_data"),
    path("search/", searching.search, name="search"),
    path("feeds/productions.atom", kept(feeds.ProductionFeed()), name="production_feed"),
    path("feeds/concerts.atom", kept(feeds.ConcertFeed()), name="concert_feed"),
    path("feeds/claims.atom", kept(feeds.ClaimFeed()), name="claim_feed"),
    path("feeds/sources.atom", kept(feeds.SourceFeed()), name="source_feed"),
    path(
        "sitemap.xml",
        kept(sitemaps.index),
        {"sitemaps": SITEMAPS, "sitemap_url_name": "website:sitemap_section"},
        name="sitemap",
    ),
    path(
        "sitemap-<section>.xml",
        kept(sitemaps.sitemap),
        {"sitemaps": SITEMAPS},
        name="sitemap_section",
    ),
    re_path(
        r"^images/(?P<sha256>[0-9a-f]{64})-(?P<width>[0-9]{1,4})\.jpg$", files.image, name="image"
    ),
    path("robots.txt", files.robots, name="robots"),
    path("favicon.ico", files.favicon, name="favicon"),
]
