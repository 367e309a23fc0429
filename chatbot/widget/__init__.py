"""The website's side, served by `chatbot.api.site`; nothing here runs in Python.

widget.js     the one script tag
assets/chat/  its parts: element.js is the launcher, panel.js and the rest are fetched when it is first wanted
assets/site/  styles and drawings of the pages
site/         the landing page, and the shell of a policy page with {{title}}, {{updated}} and {{body}}
"""
